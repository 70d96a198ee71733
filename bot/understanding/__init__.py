"""Understanding of free text: intents, entities and the language somebody writes in. Works without any network; see `builtin`."""
