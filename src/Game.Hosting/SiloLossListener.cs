namespace Game.Hosting;

/// <summary>Tells of silos of the cluster that are dead for this one.</summary>
internal sealed class SiloLossListener(ISiloStatusOracle silos, Action onLost) : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SiloLossListener),
        ServiceLifecycleStage.Active,
        _ =>
        {
            silos.SubscribeToSiloStatusEvents(this);
            return Task.CompletedTask;
        },
        _ =>
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
            return Task.CompletedTask;
        });

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead)
        {
            onLost();
        }
    }
}
