"""What was made: `vault` (originals, named by their hash), `disk` (room and sync), `media` and
`media_types` (what a file is), `ends` (whether it is whole), `audit` (hashing all), `archive` (zips),
`names`; `decoding/` (the processes that open pictures and videos, with `pixels`, `colors` and `scaled`);
`cache` and `derived` (what can be had again) and `imprints/`. Touches the data folder, no history
and no vendor.
"""
