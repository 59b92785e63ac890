from tests.journeys.conftest import command, indexed, photos

__all__ = ["command", "indexed", "photos"]
