"""What a door may ask for: `studio` (wiring, start, stop; start reading here), `opened` (what is open while
it runs), `submission` (a press becomes a job), `batches`, `live` (jobs as they are now), `decisions` (what
a person chooses about one), `adoption`, `files`, `keeping` (stars, tags, zips), `imprints` (copies that
tell how they were made), `spending`, `upkeep`, `about`; `views` is what they answer. Touches all that is
below it, and knows no page.
"""
