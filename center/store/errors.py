"""What can go wrong between a caller and the database."""


class StoreError(Exception):
    """Base of the store's errors."""


class StoreBusy(StoreError):
    """Too much is waiting, or the deadline passed before the work began: nothing was done."""


class StoreClosed(StoreError):
    """The store is shutting down: nothing was done."""


class StoreFailed(StoreError):
    """The database refuses to work (disk full, file damaged, server gone): nothing was done."""


class OutcomeUnknown(StoreError):
    """The deadline passed or the commit failed under way: it may have been done or not."""
