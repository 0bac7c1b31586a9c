"""Give a history back from a copy: `python -m providers.durability.restore`, under the name that it had."""

from runpy import run_module

if __name__ == "__main__":
    run_module("providers.durability.restore", run_name="__main__", alter_sys=True)
