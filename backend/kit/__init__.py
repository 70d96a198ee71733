"""The cellar: tools without any domain, also used by the bot."""
