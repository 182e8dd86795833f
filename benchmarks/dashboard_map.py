"""How long a reader waits for the map of all pictures, in a real browser; see `dashboard.py`."""

from __future__ import annotations

import math

from playwright.sync_api import Page

RADII = (0.08, 0.2, 0.45)
"""Of the lines that are drawn, in shares of the plot's height."""
SHOWN = """() => [...document.querySelectorAll("*")]
  .some(node => node.shadowRoot?.querySelector(".legend li"))"""
WATCH = """() => {
  const root = [...document.querySelectorAll("*")].map(node => node.shadowRoot)
    .find(shadow => shadow?.querySelector(".plot"));
  const chosen = root.querySelector(".chosen");
  window.waited = [];
  let from = 0;
  const plot = root.querySelector(".plot");
  plot.addEventListener("pointerup", event => (from = event.timeStamp), true);
  new MutationObserver(() => {
    const start = from;
    from = 0;
    if (!start) return;
    // A message that is sent from a frame is heard once that frame was painted.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.waited.push((performance.now() - start) / 1000);
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }).observe(chosen, { childList: true });
}"""


def measure_lasso(page: Page, url: str, rounds: int) -> list[float]:
    """Seconds from the mouse's release to the map and the counts on the screen, line by line.

    Args:
        url: of the run's map.
        rounds: lines of each of three sizes.
    """
    page.goto(url)
    page.wait_for_function(SHOWN)
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    box = page.locator(".plot").bounding_box()
    if box is None:
        raise RuntimeError("the map is not on the page")
    for radius in RADII * rounds:
        before = page.evaluate("() => window.waited.length")
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        ring(page, *middle, radius * box["height"])
        page.wait_for_function("count => window.waited.length > count", arg=before)
        page.wait_for_timeout(300)
    waited: list[float] = page.evaluate("() => window.waited")
    return waited


def ring(page: Page, x: float, y: float, radius: float) -> None:
    """Draw one around a place, all in CSS pixels."""
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for step in range(1, 40):
        turn = 2 * math.pi * step / 40
        page.mouse.move(x + radius * math.cos(turn), y + radius * math.sin(turn))
    page.mouse.up()
