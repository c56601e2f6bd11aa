"""The catalogue of matters in full: editions, their review and publication, situations, import and export."""

from cases.catalogue.city import install_city
from cases.catalogue.hall import install_hall

__all__ = ["install_city", "install_hall"]
