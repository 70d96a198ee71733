"""What a flow may call: one thin function per verb of the facade, which turns its answer into facts for sentences.

Facts may hold names, amounts and links: they live for one turn. A list's items carry an `id`, which is what the conversation keeps.
"""

from bot.actions.registry import ACTIONS, Action, Answer, shapes

__all__ = ["ACTIONS", "Action", "Answer", "shapes"]
