"""The terminal: what `mgramseva chat` shows. Renders as the channel it stands for and prints; there is no provider."""

from __future__ import annotations

from typing import Any

from bot.channels.base import Rendered


def as_text(rendered: Rendered) -> str:
    """A rendered message as lines for a terminal: text, choices, document."""
    shown: dict[str, Any] = rendered.shown
    lines = [shown.get("text", "")]
    for button in shown.get("buttons", ()):
        lines.append(f"  [{button['label']}]")
    for row in shown.get("rows", ()):
        lines.append(f"  - {row['label']}" + (f" ({row['description']})" if row.get("description") else ""))
    if shown.get("document"):
        lines.append(f"  <{shown['document']['name']}> {shown['document']['url']}")
    if shown.get("contact_request"):
        lines.append(f"  <{shown['contact_request']}>")
    return "\n".join(lines)
