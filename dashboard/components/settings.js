// The reviewer's name and language, kept in this browser for the next visit. On every page, so that
// what holds for all of them begins here, too.

const YEAR_SECONDS = 31536000;

export default function ({ data }) {
  onePageOneStep();
  for (const [name, value] of Object.entries(data)) {
    const kept = `${name}=${encodeURIComponent(value)}; path=/; SameSite=Strict`;
    document.cookie = `${kept}; max-age=${value ? YEAR_SECONDS : 0}`;
  }
}
