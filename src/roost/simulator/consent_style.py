"""How the authorize pages look: light and dark, from 320 px wide, in the phone's colours."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --canvas: #eceff3; --surface: #ffffff; --pressed: #e4e9ef; --line: #d6dce4;
  --line-strong: #7f8a99; --text: #10151d; --muted: #525d6c; --accent: #1558c0;
  --accent-soft: #e6effc; --accent-fill: #1a5fd0; --accent-fill-pressed: #124aa8;
  --danger: #b3261e; --danger-soft: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #090c11; --surface: #12171f; --pressed: #252e3b; --line: #2a3340;
    --line-strong: #6f7c8e; --text: #e9eef5; --muted: #9fabbb; --accent: #7fb2ff;
    --accent-soft: #16263f; --accent-fill: #1f64d6; --accent-fill-pressed: #2f74e6;
    --danger: #ff9a92; --danger-soft: #33191a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px; min-height: 100vh; background: var(--canvas); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  max-width: 480px; margin: 0 auto; padding: 24px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 16px; overflow-wrap: anywhere;
}
h1 { margin: 0 0 8px; font-size: 1.375rem; font-weight: 500; line-height: 1.3; }
h1 strong { font-weight: 700; }
h2 { margin: 20px 0 8px; font-size: 0.9375rem; }
.site { margin: 0 0 16px; color: var(--muted); }
.problem {
  margin: 0 0 16px; padding: 12px; border-radius: 12px; color: var(--danger);
  background: var(--danger-soft);
}
fieldset { margin: 16px 0 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: 8px; font-size: 0.9375rem; font-weight: 700; }
.people {
  max-height: 296px; overflow-y: auto; border: 1px solid var(--line); border-radius: 12px;
}
.person {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; min-height: 44px;
  padding: 8px 12px; cursor: pointer;
}
.person + .person { border-top: 1px solid var(--line); }
.person:hover { background: var(--pressed); }
.person:has(:checked) { background: var(--accent-soft); }
.person input { width: 18px; height: 18px; margin: 0; accent-color: var(--accent-fill); }
.name { font-weight: 600; }
.handle, .note { color: var(--muted); }
.other { display: block; padding: 12px; border-top: 1px solid var(--line); }
.other input {
  display: block; width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 12px; font: inherit;
  color: inherit; background: var(--surface); border: 1px solid var(--line-strong);
  border-radius: 12px;
}
.wants { margin: 0; padding-left: 20px; }
.buttons { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
button {
  flex: 1 1 160px; min-height: 44px; padding: 8px 20px; font: inherit; font-weight: 600;
  color: var(--text); background: none; border: 1px solid var(--line-strong);
  border-radius: 22px; cursor: pointer;
}
button:hover { background: var(--pressed); }
button.yes { color: #ffffff; background: var(--accent-fill); border-color: var(--accent-fill); }
button.yes:hover { background: var(--accent-fill-pressed); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.person input:focus-visible { outline-offset: 1px; }
.note { margin: 20px 0 0; font-size: 0.8125rem; }
.pin { margin: 16px 0 0; text-align: center; }
.pin code {
  display: inline-block; padding: 12px 24px; border-radius: 12px; background: var(--accent-soft);
  font: 700 2rem/1.2 ui-monospace, "DejaVu Sans Mono", monospace; letter-spacing: 0.12em;
  user-select: all;
}
"""
"""A style sheet; the pages' policy allows this one, by its hash, and no other."""
