"""The benchmarks on synthetic data, and on real photos where there are some."""
