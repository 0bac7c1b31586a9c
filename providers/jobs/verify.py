"""Check every kept file: `python -m providers.durability.verify`, under the name that it had."""

from runpy import run_module

if __name__ == "__main__":
    run_module("providers.durability.verify", run_name="__main__", alter_sys=True)
