using System.Data;
using Dapper;

namespace CoffeeBuddy.Data.Connections;

/// <summary>What Dapper has to know once per process.</summary>
internal static class DapperTypes
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcHandler());
    }

    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset time
                ? time
                : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime();
    }
}

internal static class Clock
{
    /// <summary>The time as PostgreSQL keeps it, in microseconds: what is returned equals what is read back.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => time.GetUtcNow().Cut();

    /// <inheritdoc cref="Now"/>
    public static DateTimeOffset Cut(this DateTimeOffset at) =>
        at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond)).ToUniversalTime();
}
