[assembly: AssemblyFixture(typeof(Chart))]
