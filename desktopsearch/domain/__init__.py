"""The vocabulary of the application: values, codes, metrics and errors; imports nothing above."""
