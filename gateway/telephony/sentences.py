"""What the hotline may say, and where its recordings are; of both the telephony process and the console."""

from __future__ import annotations

from ruamel.yaml.error import YAMLError

from channels.call_center.prompts.catalogue import Catalogue, CatalogueInvalid, read_catalogue
from channels.call_center.prompts.live import Folders
from channels.call_center.prompts.sounds import Prompts, load_prompts
from core.contract.errors import ConfigError
from gateway.settings import Settings
from gateway.telephony.paths import own_prompts, voices_folder

OWN_SLOTS = "slots.yaml"
"""In the folder of a province's recordings."""


def catalogue_of(settings: Settings) -> Catalogue:
    """What may be said: our slots, and those that a province lists beside its recordings. ConfigError: a mistake."""
    own = own_prompts(settings) / OWN_SLOTS
    try:
        return read_catalogue([own] if own.exists() else [])
    except (CatalogueInvalid, YAMLError) as error:
        raise ConfigError("call_center.prompts", f"{own}: {error}", example="sentences: {market_day: …}") from error


def folders_of(settings: Settings) -> Folders:
    """Where recordings are."""
    return Folders(own_prompts(settings), voices_folder())


def prompts_of(settings: Settings, catalogue: Catalogue) -> Prompts:
    """All of it as sound: recorded by people, else spoken by a machine. May be called in a thread."""
    folders = folders_of(settings)
    return load_prompts(catalogue, own=[folders.own], placeholders=[folders.placeholders])
