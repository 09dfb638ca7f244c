"""What an argument `cache` means."""

import os
from pathlib import Path

from keras_tl.caching.feature_cache import FeatureCache, share_of_memory

CacheLike = str | os.PathLike[str] | FeatureCache | None


def as_cache(cache: CacheLike) -> FeatureCache:
    """Returns the cache that an argument `cache` means.

    Args:
        cache: A cache, which is returned; the directory of one; or None, for one in memory that
            nobody else has.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(cache, FeatureCache):
        return cache
    if cache is None or isinstance(cache, (str, os.PathLike)):
        return FeatureCache(cache)
    raise ValueError(
        f"`cache` must be a directory, a `FeatureCache` or None. Received: cache={cache!r}"
    )


def as_training_cache(cache: bool | CacheLike, directory: Path | None) -> FeatureCache | None:
    """Returns the cache that an argument `cache` of training means; None for the whole model.

    Args:
        cache: As for `as_cache`; or True or `"auto"`, for one in memory and in `directory`; or
            False, for none.
        directory: Where files may be kept, if anywhere.
    """
    if isinstance(cache, bool) or cache == "auto":
        return FeatureCache(directory, memory=share_of_memory()) if cache else None
    return as_cache(cache)
