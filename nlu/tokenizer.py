"""Words cut and folded by the code the built-in model uses, at training and at run time.

`text` of a token is the folded word, `lemma` how it sounds (so that what was learned of one script serves the others); start and end point into the text as it
was written, so that an entity keeps its spelling.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

from bot.understanding.normalise import model_words
from bot.understanding.sound import sound
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FoldedWords(Tokenizer):
    """Cuts a text into folded words."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> "FoldedWords":
        return cls(config)

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        words = model_words(message.get(attribute)) or [("-", 0, 1)]  # Rasa's featurizers want at least one token
        return [Token(word, start, end, lemma=sound(word) or word) for word, start, end in words]
