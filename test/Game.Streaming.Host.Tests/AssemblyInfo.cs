// The topic of the suite is made anew for each test: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
