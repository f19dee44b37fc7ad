namespace Game.Embedded;

/// <summary>An observer that grains can call: its requests one at a time, each in a turn of this queue. Holds the observer weakly.</summary>
internal sealed class ObserverTarget : RequestQueue
{
    private readonly WeakReference<IGrainObserver> _observer;
    private volatile bool _isDeleted;

    public ObserverTarget(EmbeddedSilo silo, IGrainObserver observer, long number)
        : base(silo)
    {
        _observer = new WeakReference<IGrainObserver>(observer);
        TypeOfObserver = observer.GetType();
        Address = new Reference(this, new GrainId("observer", $"{silo.Name}-{number}"));
    }

    public Type TypeOfObserver { get; }

    public CallTarget Address { get; }

    internal override string TargetName => $"{Address.GrainId} ({TypeOfObserver.Name})";

    private protected override bool IsOpen => true;

    private protected override bool IsReentrant => false;

    private protected override ReentrantSections? Sections => null;

    public void Delete() => _isDeleted = true;

    private protected override bool TryAdmit(Request request) => true;

    private protected override object? GetInstance(Request request)
    {
        if (!_isDeleted && _observer.TryGetTarget(out var observer))
        {
            return observer;
        }

        request.TryFail(new ClientNotAvailableException($"{TargetName} is no longer there to take {request.Method}."));
        return null;
    }

    private protected override IIncomingGrainCallFilter[]? GetFilters(Request request) => null;

    private protected override void OnStart(Request request)
    {
    }

    private protected override void OnLeft(Request request)
    {
    }

    private protected override void OnIdle()
    {
    }

    private sealed class Reference(ObserverTarget target, GrainId id) : CallTarget
    {
        internal override EmbeddedSilo Silo => target.Silo;

        internal override GrainId GrainId => id;

        internal ObserverTarget Target => target;

        internal override RequestQueue Resolve() => target;

        internal override void CheckImplements(Type interfaceType)
        {
            if (!interfaceType.IsAssignableFrom(target.TypeOfObserver))
            {
                throw new InvalidCastException($"{target.TypeOfObserver} does not implement {interfaceType}.");
            }
        }

        public override bool Equals(CallTarget? other) => other is Reference reference && ReferenceEquals(reference.Target, target);
    }
}
