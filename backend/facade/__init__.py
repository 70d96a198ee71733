"""The facade: the one door between bot and backend. `contract` is all the bot may read; `local` answers in process, `remote` over HTTP."""
