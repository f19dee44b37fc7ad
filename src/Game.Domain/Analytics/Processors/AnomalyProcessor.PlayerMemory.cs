using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Processors;

public sealed partial class AnomalyProcessor
{
    /// <summary>About 350 bytes a player. Times: Unix milliseconds; 0: none.</summary>
    private sealed class PlayerMemory : Memory
    {
        private const int Contexts = 128;
        private const int Kinds = 8;
        private const float Newest = 1f / 8;

        // What followed on the last two actions, by their hash: the newest wins.
        private readonly byte[] _next = new byte[Contexts];

        // ln of how long it usually is from one kind of action to the next, in ms, in 1/4096; 0: not seen yet. The kinds that
        // make up play have a place each.
        private readonly ushort[] _usualGaps = new ushort[Kinds * Kinds];
        private byte _lastKind;
        private byte _last;
        private byte _lastButOne;

        public long LastAt { get; set; }

        public int X { get; set; }

        public int Y { get; set; }

        public long PlacedAt { get; set; }

        public int FastMoves { get; set; }

        public int Gaps { get; private set; }

        public float GapDeviations { get; private set; }

        public long RestedAt { get; set; }

        public int Foretold { get; private set; }

        public int RegularBlocks { get; set; }

        public int LoopBlocks { get; set; }

        public long Minute { get; set; }

        public int MinuteActions { get; set; }

        public int FastMinutes { get; set; }

        public Baseline OwnRate { get; } = new(500, leastDeviation: 0.3);

        public long Slot { get; set; }

        public long SlotYield { get; set; }

        /// <summary>What the player usually loots at once.</summary>
        public float UsualLoot { get; private set; }

        public int Kills { get; set; }

        public int TopKills { get; set; }

        public ulong TopTarget { get; set; }

        public int RichSlots { get; set; }

        public ulong EndedSession { get; set; }

        public long EndedAt { get; set; }

        public long[] ToldAt { get; } = new long[Reasons.Length];

        private uint Context => (((((uint)_last << 8) | _lastButOne) * 40_503u) >> 9) % Contexts;

        public void AddGap(long gap, ActionKind kind, byte token)
        {
            const float Furthest = 1.5f;
            const float Unit = 4_096;
            ref var usual = ref _usualGaps[(_lastKind * Kinds) + ((int)kind % Kinds)];
            var log = MathF.Log(Math.Max(gap, 2)) * Unit;
            if (usual > 0)
            {
                var deviation = Math.Clamp((log - usual) / Unit, -Furthest, Furthest);
                GapDeviations += deviation * deviation;
                Gaps++;
                Foretold += _next[Context] == token ? 1 : 0;
                log = usual + (deviation * Unit * Newest);
            }

            usual = (ushort)log;
        }

        public void AddLoot(long amount)
        {
            UsualLoot = UsualLoot == 0 ? amount : UsualLoot;
            var counted = Math.Min(amount, Math.Max(1, UsualLoot * AnomalyLimits.LuckyLoot));
            SlotYield += (long)counted;
            UsualLoot += (counted - UsualLoot) * Newest;
        }

        public void StartBlock() => (Gaps, GapDeviations, Foretold) = (0, 0, 0);

        public void Learn(ActionKind kind, byte token)
        {
            _next[Context] = token;
            (_lastButOne, _last, _lastKind) = (_last, token, (byte)((int)kind % Kinds));
        }

        /// <summary>Majority vote (Boyer and Moore 1981): whoever has more than half of the kills is the top target in the end.</summary>
        public void CountKill(ulong target)
        {
            Kills++;
            if (target == TopTarget)
            {
                TopKills++;
            }
            else if (TopKills == 0)
            {
                (TopTarget, TopKills) = (target, 1);
            }
            else
            {
                TopKills--;
            }
        }

        public override void Write(ByteWriter writer)
        {
            writer.WriteBytes(_next);
            foreach (var usual in _usualGaps)
            {
                writer.WriteVarint(usual);
            }

            writer.WriteByte(_last);
            writer.WriteByte(_lastButOne);
            writer.WriteByte(_lastKind);
            writer.WriteVarint(LastAt);
            writer.WriteZigzag(X);
            writer.WriteZigzag(Y);
            writer.WriteVarint(PlacedAt);
            writer.WriteVarint(FastMoves);
            writer.WriteVarint(Gaps);
            writer.WriteSingle(GapDeviations);
            writer.WriteVarint(RestedAt);
            writer.WriteSingle(UsualLoot);
            writer.WriteVarint(Foretold);
            writer.WriteVarint(RegularBlocks);
            writer.WriteVarint(LoopBlocks);
            writer.WriteVarint(Minute);
            writer.WriteVarint(MinuteActions);
            writer.WriteVarint(FastMinutes);
            OwnRate.Write(writer);
            writer.WriteVarint(Slot);
            writer.WriteVarint(SlotYield);
            writer.WriteVarint(Kills);
            writer.WriteVarint(TopKills);
            writer.WriteHash(TopTarget);
            writer.WriteVarint(RichSlots);
            writer.WriteHash(EndedSession);
            writer.WriteVarint(EndedAt);
            foreach (var at in ToldAt)
            {
                writer.WriteVarint(at);
            }
        }

        public override void Read(ref ByteReader reader)
        {
            reader.ReadBytes(Contexts).CopyTo(_next);
            for (var i = 0; i < _usualGaps.Length; i++)
            {
                _usualGaps[i] = (ushort)reader.ReadVarint();
            }

            _last = reader.ReadByte();
            _lastButOne = reader.ReadByte();
            _lastKind = reader.ReadByte();
            LastAt = reader.ReadVarint();
            X = (int)reader.ReadZigzag();
            Y = (int)reader.ReadZigzag();
            PlacedAt = reader.ReadVarint();
            FastMoves = (int)reader.ReadVarint();
            Gaps = (int)reader.ReadVarint();
            GapDeviations = reader.ReadSingle();
            RestedAt = reader.ReadVarint();
            UsualLoot = reader.ReadSingle();
            Foretold = (int)reader.ReadVarint();
            RegularBlocks = (int)reader.ReadVarint();
            LoopBlocks = (int)reader.ReadVarint();
            Minute = reader.ReadVarint();
            MinuteActions = (int)reader.ReadVarint();
            FastMinutes = (int)reader.ReadVarint();
            OwnRate.Read(ref reader);
            Slot = reader.ReadVarint();
            SlotYield = reader.ReadVarint();
            Kills = (int)reader.ReadVarint();
            TopKills = (int)reader.ReadVarint();
            TopTarget = reader.ReadHash();
            RichSlots = (int)reader.ReadVarint();
            EndedSession = reader.ReadHash();
            EndedAt = reader.ReadVarint();
            for (var i = 0; i < ToldAt.Length; i++)
            {
                ToldAt[i] = reader.ReadVarint();
            }
        }
    }
}
