// Virtual time advances when the process is idle: another test's work would be taken for this one's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
