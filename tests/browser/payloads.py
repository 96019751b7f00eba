"""Texts that would run if a page took them for markup, and how to tell that none did."""

from __future__ import annotations

from playwright.sync_api import Page

PAYLOADS = {
    "script": "<script>__hit=1</script>",
    "script closed": "</script><script>__hit=1</script>",
    "script src": "<script src=data:,__hit=1></script>",
    "image": "<img src=x onerror=__hit=1>",
    "image quoted": "<img src='x' onerror='__hit=1'>",
    "image slashes": "<img/src=x/onerror=__hit=1>",
    "svg": "<svg onload=__hit=1>",
    "svg script": "<svg><script>__hit=1</script></svg>",
    "svg animation": "<svg><animate onbegin=__hit=1 dur=1s>",
    "math": "<math><mi//xlink:href='data:x,__hit=1'>",
    "body": "<body onload=__hit=1>",
    "frame": "<iframe src=javascript:parent.__hit=1>",
    "frame document": "<iframe srcdoc='<svg onload=top.__hit=1>'>",
    "object": "<object data=javascript:__hit=1>",
    "link": "<a href=javascript:__hit=1 autofocus>x</a>",
    "address": "javascript:__hit=1",
    "data address": "data:text/html,<svg onload=__hit=1>",
    "attribute": '" onfocus=__hit=1 autofocus x="',
    "attribute single": "' onmouseover=__hit=1 x='",
    "textarea": "</textarea><svg onload=__hit=1>",
    "title": "</title><svg onload=__hit=1>",
    "comment": "--><img src=x onerror=__hit=1>",
    "style": "<style>@import 'javascript:__hit=1'</style>",
    "template": "{@html '<svg onload=__hit=1>'}",
    "entities": "&lt;svg onload=__hit=1&gt;",
    "details": "<details open ontoggle=__hit=1>",
    "focus": "<input autofocus onfocus=__hit=1>",
    "base": "<base href=javascript:__hit=1//>",
    "meta": "<meta http-equiv=refresh content=0;x>",
}
"""One of each way in which text comes to be run; short enough to be a name."""

TOGETHER = " ".join(
    PAYLOADS[name] for name in sorted(PAYLOADS, key=lambda name: "closed" not in name)
)
"""All of them in one text."""

LISTEN = """
window.__violations = []
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI))
"""

LEADS_ASTRAY = """() => [...document.querySelectorAll('[href], [src], [action], [formaction]')]
  .flatMap((one) => ['href', 'src', 'action', 'formaction'].map((name) => one[name]))
  .filter((address) => typeof address === 'string' && address !== '')
  .filter((address) => !/^(https?|blob):/.test(address) && !address.startsWith('data:image/'))"""
"""Addresses on the page that are none of a page or a picture."""


def check_nothing_ran(page: Page) -> None:
    """Fail where a payload was run, was kept from it by the policy only, or would be by a click."""
    found = page.evaluate(
        "[window.__hit ? ['was run'] : [], window.__violations, (" + LEADS_ASTRAY + ")()].flat()"
    )
    assert found == [], f"{page.url}: {found}"
