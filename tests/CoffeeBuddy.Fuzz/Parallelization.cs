using Xunit.Sdk;

// Not parallel: tests compare the rows of the whole database, and each sends many requests at once already.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]
