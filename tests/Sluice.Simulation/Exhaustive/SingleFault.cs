namespace Sluice.Simulation.Exhaustive;

/// <summary>The one thing that goes wrong in a run.</summary>
internal abstract record SingleFault
{
    private SingleFault()
    {
    }

    /// <summary>Names it within its reference release; the same name is the same fault in every run.</summary>
    public abstract string Name { get; }

    /// <summary>What it is counted under.</summary>
    public abstract string Kind { get; }

    /// <summary>The place, among the calls and events of its release, of what it happens to.</summary>
    public abstract int Place { get; }

    /// <summary>By how much it may itself put off the outcome.</summary>
    public virtual TimeSpan Delay => TimeSpan.Zero;

    public sealed record None : SingleFault
    {
        public override string Name => "none";

        public override string Kind => "none";

        public override int Place => 0;
    }

    public sealed record OfCall(RecordedCall Call, CallFault Fault) : SingleFault
    {
        public override string Name => $"call-{Call.Index}/{Fault}";

        public override string Kind => $"call {Fault}";

        public override int Place => Call.Place;

        public override string ToString() => $"{Fault} at call {Call.Index}, {Call}";
    }

    public sealed record OfEvent(RecordedEvent Event, EventFault Fault) : SingleFault
    {
        /// <summary>As long as a cache may take to notice that it missed something.</summary>
        public static readonly TimeSpan Repair = TimeSpan.FromMinutes(5);

        public static readonly TimeSpan Lateness = TimeSpan.FromSeconds(10);

        /// <summary>
        /// A cache stands still for this long at most, however few reconciles there are: less than the references' progress deadline. Who sees no pods for all of it
        /// takes the release back.
        /// </summary>
        public static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(45);

        public override string Name => $"event-{Event.Index}/{Fault}";

        public override string Kind => $"event {Fault}";

        public override int Place => Event.Place;

        public override TimeSpan Delay => Fault switch
        {
            EventFault.Dropped => Repair,
            EventFault.Doubled => TimeSpan.Zero,
            EventFault.Late => Lateness,
            _ => LongestStandstill,
        };

        /// <summary>Reconciles that do not see it; 0 where it does not stand still.</summary>
        public int UnseenBy => Fault switch
        {
            EventFault.UnseenByOneReconcile => 1,
            EventFault.UnseenByTwoReconciles => 2,
            EventFault.UnseenByFiveReconciles => 5,
            _ => 0,
        };

        public override string ToString() => $"{Fault} at event {Event.Index}, {Event}";
    }
}
