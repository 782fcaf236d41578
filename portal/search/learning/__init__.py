"""Learning: articles learn the words of the people they helped.

*Evidence* is a question that an article answered, masked before it is kept (`masking`), given by a person or a visit.
Once enough different people gave some for an article, the worker fits a *model* of the locale on it (`refitting`,
`model`), and serving processes load it (`votes`). A *vote* says from 0.0 to 1.0 how much earlier questions speak for
an article; `model.combined` adds it to the score of search. *Learned words* are for authors, who accept or refuse
them (`words`, `decisions`). The order inside: `features` (text to numbers), `fitting` (numbers to weights), `packing`
(weights to bytes and back), `model`.
"""
