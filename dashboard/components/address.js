// The page's address follows the reviewer without the server and without steps in the history.

const ADDRESS_PAUSE_MS = 150;

/** `wanted`: parameter -> value, "" to leave it out. Only the page at `path` is changed. */
function followAddress(wanted, isCase) {
  clearTimeout(followAddress.timer);
  followAddress.timer = setTimeout(() => {
    if (/\/case\/?$/.test(location.pathname) !== isCase) return;
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(wanted)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }, ADDRESS_PAUSE_MS);
}
