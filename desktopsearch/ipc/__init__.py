"""Messages to and from child processes; knows neither photos nor models."""
