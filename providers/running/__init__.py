"""Jobs on their way, from the press to the file. Touches history, library and connections;
nothing of a job's history imports from here. Where to look:

Whose job      runner (what may be asked and chosen), lives (one asyncio task for each open job), claims
               (which is a life's, which a decision's), life (every change of one job goes through here)
Its steps      steps: sending, recovery (after a lost answer), following, saving; breaking (a job that broke)
Beside them    parking (through which account, or why none), lanes, slots and gate (whose turn
               it is), pacing (when to look), balance, feed (who watches), others (jobs whose task
               is not known either), beside
Afterwards     late_results (a failed task ends well after all), refetch (a rotten file is fetched again),
               refuge (tickets that a history could not take)
"""
