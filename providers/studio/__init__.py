"""What a door may ask for: `studio` (wiring, start, stop; start reading here), `opened` (what is open while
it runs), `submission` (a press becomes a job), `inputs` (whether its files fit), `batches`, `live` (jobs as
they are now), `decisions` (what a person chooses about one), `adoption`, `files`, `keeping` (stars, tags,
zips), `imprints` (copies that tell how they were made), `spending`, `limits` (what an admin sets), `keys`
(those that are pasted), `upkeep`, `metrics`, `about`; `views` is what they answer. Touches all that is below
it, and knows no page.
"""
