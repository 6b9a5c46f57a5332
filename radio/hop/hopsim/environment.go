package hopsim

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"picket/shared/wlan"
)

// A Model is the air that environments are drawn from; see doc.go. The zero value
// of a field is not a default: start from DefaultModel.
type Model struct {
	APs        int
	Crowded    float64       // share of the APs that are on channels 1, 6 and 11
	Stations   float64       // median number of stations of an AP
	Spread     float64       // standard deviation of its logarithm
	On, Off    time.Duration // means of the times that a station sends, and does not
	Rate       float64       // frames per second of a station that sends
	Bursts     float64       // deauthentication bursts per second, anywhere
	Burst      time.Duration // length of each
	BurstRate  float64       // frames per second of each
	SwitchCost time.Duration // deaf after each change of channel
	Duration   time.Duration // of a run
	Shift      time.Duration // when all channels change places; 0 is never
}

// DefaultModel is the environment of the figures that picket sim hop prints.
func DefaultModel() Model {
	return Model{
		APs: 100, Crowded: 0.6, Stations: 4, Spread: 1,
		On: 2 * time.Second, Off: 60 * time.Second, Rate: 10,
		Bursts: 1.0 / 6, Burst: 3 * time.Second, BurstRate: 30,
		SwitchCost: 5 * time.Millisecond, Duration: 10 * time.Minute,
	}
}

// beaconInterval is that of all APs: 100 TU.
const beaconInterval = 100 * 1024 * time.Microsecond

// Channels is how many Frequencies there are.
const Channels = 40

// Frequencies are the channels of every environment: 1 to 13 of 2.4 GHz, then 36 to 173
// of 5 GHz, which is all that regulatory domains between them allow.
func Frequencies() []wlan.MHz {
	var all []wlan.MHz
	for n := uint8(1); n <= 13; n++ {
		all = append(all, wlan.Channel{Band: wlan.Band2GHz, Number: n}.Frequency())
	}
	for _, span := range [][2]uint8{{36, 64}, {100, 144}, {149, 173}} {
		for n := span[0]; n <= span[1]; n += 4 {
			all = append(all, wlan.Channel{Band: wlan.Band5GHz, Number: n}.Frequency())
		}
	}
	return all
}

// crowded are the places of channels 1, 6 and 11 in Frequencies.
var crowded = [...]int{0, 5, 10}

// An Environment is one drawing of a model: who is on which channel, and every
// frame that will be sent. All strategies are run over the same.
type Environment struct {
	model    Model
	aps      []int   // per channel
	stations []int   // per channel
	total    int     // stations in all
	bursts   int     // in all
	channels []sends // what is sent on each

	// From model.Shift on, what was on channel c is on place[c].
	place []int
}

// sends is what is sent on a channel, by time.
type sends struct {
	beacons []frame // the first of each AP; the others follow it by beaconInterval
	frames  []frame
	deauths []frame
}

// A frame is one that an AP, a station, or an attacker in a burst sends.
type frame struct {
	at time.Duration
	by int32 // counted from 0 for each of the three
}

// NewEnvironment draws from m. The same seed gives the same environment.
func NewEnvironment(m Model, seed uint64) *Environment {
	r := rand.New(rand.NewPCG(seed, 0x686f70))
	e := &Environment{
		model: m, aps: make([]int, Channels), stations: make([]int, Channels),
		channels: make([]sends, Channels), place: r.Perm(Channels),
	}
	home := make([]int, m.APs) // channel of each AP
	for i := range home {
		home[i] = pick(r, i < int(math.Round(m.Crowded*float64(m.APs))))
		c := &e.channels[home[i]]
		c.beacons = append(c.beacons, frame{time.Duration(r.Int64N(int64(beaconInterval))), int32(i)})
		e.aps[home[i]]++
		for range int(math.Round(m.Stations * math.Exp(m.Spread*r.NormFloat64()))) {
			e.stations[home[i]]++
			c.frames = m.live(r, c.frames, int32(e.total))
			e.total++
		}
	}
	for t := exponential(r, 1/m.Bursts); t < m.Duration; t += exponential(r, 1/m.Bursts) {
		c := &e.channels[home[r.IntN(m.APs)]]
		c.deauths = poisson(r, c.deauths, frame{t, int32(e.bursts)}, m.Burst, m.BurstRate)
		e.bursts++
	}
	for i := range e.channels {
		slices.SortFunc(e.channels[i].frames, byTime)
		slices.SortFunc(e.channels[i].deauths, byTime)
	}
	return e
}

func pick(r *rand.Rand, busy bool) int {
	if busy {
		return crowded[r.IntN(len(crowded))]
	}
	for {
		if c := r.IntN(Channels); !slices.Contains(crowded[:], c) {
			return c
		}
	}
}

// live adds the frames of a station's whole life.
func (m *Model) live(r *rand.Rand, frames []frame, by int32) []frame {
	t := time.Duration(0)
	on := r.Float64() < m.On.Seconds()/(m.On+m.Off).Seconds()
	for t < m.Duration {
		if on {
			length := exponential(r, m.On.Seconds())
			frames = poisson(r, frames, frame{t, by}, length, m.Rate)
			t += length
		} else {
			t += exponential(r, m.Off.Seconds())
		}
		on = !on
	}
	return frames
}

// poisson adds frames at random times at rate per second, from first on.
func poisson(r *rand.Rand, frames []frame, first frame, length time.Duration, rate float64) []frame {
	for t := exponential(r, 1/rate); t < length; t += exponential(r, 1/rate) {
		frames = append(frames, frame{first.at + t, first.by})
	}
	return frames
}

// exponential draws a time whose mean is that number of seconds.
func exponential(r *rand.Rand, mean float64) time.Duration {
	return time.Duration(r.ExpFloat64() * mean * float64(time.Second))
}

func byTime(a, b frame) int { return int(a.at - b.at) }
