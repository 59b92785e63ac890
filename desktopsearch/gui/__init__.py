"""The window: a thin shell over the services, in Qt widgets."""
