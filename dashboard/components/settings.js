// The reviewer's name and language, kept in this browser for the next visit.

const YEAR_SECONDS = 31536000;

export default function ({ data }) {
  for (const [name, value] of Object.entries(data)) {
    const kept = `${name}=${encodeURIComponent(value)}; path=/; SameSite=Strict`;
    document.cookie = `${kept}; max-age=${value ? YEAR_SECONDS : 0}`;
  }
}
