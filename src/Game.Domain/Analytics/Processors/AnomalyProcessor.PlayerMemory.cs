using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Processors;

public sealed partial class AnomalyProcessor
{
    /// <summary>About 150 bytes a player. Times: Unix milliseconds; 0: none.</summary>
    private sealed class PlayerMemory : Memory
    {
        private const int Contexts = 32;

        // What followed on the last two actions, by their hash: the newest wins.
        private readonly byte[] _next = new byte[Contexts];
        private byte _last;
        private byte _lastButOne;

        public long LastAt { get; set; }

        public int X { get; set; }

        public int Y { get; set; }

        public long PlacedAt { get; set; }

        public int FastMoves { get; set; }

        public int Gaps { get; set; }

        public long GapSum { get; set; }

        public long GapSquares { get; set; }

        public int Foretold { get; set; }

        public int RegularBlocks { get; set; }

        public int LoopBlocks { get; set; }

        public long Minute { get; set; }

        public int MinuteActions { get; set; }

        public int FastMinutes { get; set; }

        public Baseline OwnRate { get; } = new(500, leastDeviation: 0.3);

        public long Slot { get; set; }

        public long SlotYield { get; set; }

        public int Kills { get; set; }

        public int TopKills { get; set; }

        public ulong TopTarget { get; set; }

        public int RichSlots { get; set; }

        public ulong EndedSession { get; set; }

        public long EndedAt { get; set; }

        public long[] ToldAt { get; } = new long[Reasons.Length];

        private int Context => ((_last * 31) + _lastButOne) % Contexts;

        public bool Foretells(byte token) => _next[Context] == token;

        public void Learn(byte token)
        {
            _next[Context] = token;
            (_lastButOne, _last) = (_last, token);
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
            writer.WriteByte(_last);
            writer.WriteByte(_lastButOne);
            writer.WriteVarint(LastAt);
            writer.WriteZigzag(X);
            writer.WriteZigzag(Y);
            writer.WriteVarint(PlacedAt);
            writer.WriteVarint(FastMoves);
            writer.WriteVarint(Gaps);
            writer.WriteVarint(GapSum);
            writer.WriteVarint(GapSquares);
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
            _last = reader.ReadByte();
            _lastButOne = reader.ReadByte();
            LastAt = reader.ReadVarint();
            X = (int)reader.ReadZigzag();
            Y = (int)reader.ReadZigzag();
            PlacedAt = reader.ReadVarint();
            FastMoves = (int)reader.ReadVarint();
            Gaps = (int)reader.ReadVarint();
            GapSum = reader.ReadVarint();
            GapSquares = reader.ReadVarint();
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
