// Scenarios wait far more than they compute: more of them at a time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
