// Copies the page's address: it holds run, filters, order, page and case.

const SETTLED_MS = 250;
const TOLD_MS = 2500;

/** True where it was copied. Away from https and localhost browsers have no clipboard for pages. */
async function copyAddress() {
  // The address follows the reviewer a moment later (address.js).
  await new Promise((done) => setTimeout(done, SETTLED_MS));
  try {
    await navigator.clipboard.writeText(location.href);
    return true;
  } catch {
    return copyByHand(location.href);
  }
}

function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position: fixed; opacity: 0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
