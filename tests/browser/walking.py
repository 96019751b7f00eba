"""A page gone through without a mouse: what Tab and the arrows reach, where the focus shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page

MOST_STOPS = 250
"""More presses of Tab than any page of ours has controls."""

MOST_AGAIN = 40
"""After so many in a row that were passed before, Tab goes round in a part of the page."""

BEGIN = r"""(inside) => {
  const root = inside ? document.querySelector(inside) : document
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
    'video[controls], audio[controls], [contenteditable], [tabindex]:not([tabindex="-1"])'
  const show = (one) => {
    const name = one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent ?? ''
    return `${one.localName} ${one.id ? '#' + one.id + ' ' : ''}"${name.trim().slice(0, 40)}"`
  }
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1)
    paint.fillStyle = colour
    paint.fillRect(0, 0, 1, 1)
    return [...paint.getImageData(0, 0, 1, 1).data]
  }
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0)
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor)
      if (colour[3] === 255) return colour
    }
    return [255, 255, 255, 255]
  }
  const marks = (one) => {
    const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(one)
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return false
    const under = ground(parseFloat(outlineOffset) < 0 ? one : one.parentElement)
    const [a, b] = [light(rgba(outlineColor)), light(under)].toSorted()
    return (b + 0.05) / (a + 0.05) >= 3
  }
  const isSeen = (one) => [...one.getClientRects()].some((box) =>
    [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].some(([x, y]) => {
      const hit = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)
      return hit !== null && (one.contains(hit) || hit.contains(one))
    }))
  const faults = new Set()
  const reached = new Set()
  const judge = (one) => {
    if (inside && !root.contains(one)) faults.add(`focus left for ${show(one)}`)
    // What is only heard has its mark on the label around it.
    const shown = one.matches('.unseen') ? (one.closest('label') ?? one) : one
    if (!marks(shown)) faults.add(`focus does not show on ${show(one)}`)
    if (!isSeen(shown)) faults.add(`focus is hidden on ${show(one)}`)
  }
  window.walk = {
    note() {
      const one = document.activeElement
      if (one === null || one === document.body) return 'outside'
      if (reached.has(one)) return one === [...reached][0] ? 'round' : 'again'
      reached.add(one)
      judge(one)
      return 'new'
    },
    isRadioOfReached: (one) => one.type === 'radio' &&
      [...reached].some((other) => other.type === 'radio' && other.name === one.name),
    result(aside) {
      const missed = [...root.querySelectorAll(wanted)]
        .filter((one) => !aside || !one.matches(aside))
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .filter((one) => !one.disabled && !one.closest('[inert]'))
        .filter((one) => !reached.has(one) && !this.isRadioOfReached(one))
      return { reached: reached.size, faults: [...faults, ...missed.map((one) =>
        `not reached: ${show(one)}`)] }
    },
  }
}"""
"""Look from now on at what has the focus; `inside` selects what must keep it."""

RADIOS = """() => {
  const groups = {}
  for (const one of document.querySelectorAll('input[type=radio]'))
    if (one.checkVisibility() && !one.disabled) (groups[one.name] ??= []).push(one.value)
  return groups
}"""


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk came by, and what was wrong on it."""

    reached: int
    faults: Sequence[str]


def walk(page: Page, inside: str = "", aside: str = "") -> Walked:
    """Press Tab once around the page, or around what must keep the focus.

    `aside` selects what the arrows alone lead to.
    """
    page.evaluate(BEGIN, inside)
    in_a_row = 0
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate("window.walk.note()")
        # What was just drawn anew may have set the focus back; the next steps lead on.
        in_a_row = 0 if stop == "new" else in_a_row + 1
        if stop == "round" or in_a_row == MOST_AGAIN:
            return Walked(**page.evaluate("(aside) => window.walk.result(aside)", aside))
    return Walked(MOST_STOPS, [f"Tab goes on for more than {MOST_STOPS} controls"])


def walk_radios(page: Page) -> list[str]:
    """In every group, let the arrows lead once around; what they do not lead to is wrong."""
    missed = []
    for name, values in page.evaluate(RADIOS).items():
        group = page.locator(f"input[type=radio][name='{name}']")
        group.and_(page.locator(":checked")).focus()
        reached = set()
        for _ in values:
            page.keyboard.press("ArrowRight")
            reached.add(page.evaluate("document.activeElement.value"))
        missed += [f"arrows do not reach {name} {one}" for one in values if one not in reached]
    return missed


def walk_choices(page: Page, box: Locator, choices: Locator) -> list[str]:
    """Let the arrows lead from a text box through a list of choices; give what they miss."""
    box.focus()
    reached = {box.get_attribute("aria-activedescendant")}
    for _ in range(choices.count() - 1):
        page.keyboard.press("ArrowDown")
        reached.add(box.get_attribute("aria-activedescendant"))
    wanted = [one.get_attribute("id") for one in choices.all()]
    return [f"arrows do not reach {one}" for one in wanted if one not in reached]


COLOURS = ("color-contrast",)
"""What another theme can change."""


def axe(page: Page, inside: str = "", rules: Sequence[str] = ()) -> list[str]:
    """Give what axe finds in the page, or in a part of it; by all of its rules, or by these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    where = f"{json.dumps(inside)}, " if inside else ""
    found = page.evaluate(f"axe.run({where}{json.dumps(options)})")
    return [
        f"axe: {one['id']} at {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
