package hop

import (
	"math"
	"time"
)

// What the planner assumes of senders before it has heard any: see doc.go.
const (
	stationOn   = 2.0  // seconds that a station goes on sending, on average
	stationRate = 10.0 // frames per second while it does
	attackOn    = 3.0  // seconds of a burst
	attackRate  = 30.0 // frames per second of it

	// memory is the time, in seconds, after which an observation counts 1/e.
	memory = 90.0

	// priorWeight is how much evidence the mean of all channels stands for on each:
	// in seconds of exposure for stations, in beacon intervals for BSSs. It is less than
	// the first sweep's visit brings, so that one that was empty counts.
	priorWeight = 0.3

	// boldness is how many standard deviations above the estimate a channel is
	// valued, so that what is little known is looked at.
	boldness = 0.5

	// faithRemote is how much of the mean a 6 GHz channel is thought to have where
	// no AP is likely.
	faithRemote = 0.05

	// alarming is how many BSSs a frame of interest per second counts for; more
	// count as its square root, and no more than alarmed in all.
	alarming, alarmed = 5.0, 20.0

	// most bounds what one observation may count, so that a transmitter that
	// invents addresses does not buy the tap's attention.
	most = 64
)

// A rate is an estimate of how often something happens: occurrences over the
// exposure in which they could have been noticed, both fading.
type rate struct{ count, exposure float64 }

func (r *rate) add(count, exposure float64) {
	r.count += min(count, most)
	r.exposure += exposure
}

func (r *rate) fade(factor float64) {
	r.count *= factor
	r.exposure *= factor
}

// value is the mean of a gamma posterior whose prior has that mean, and boldness
// standard deviations more. The less faith, from 1 to 0, the less is taken to be
// there that was not heard.
func (r *rate) value(prior, faith float64) float64 {
	exposure := r.exposure + priorWeight
	mean := (r.count + prior*faith*priorWeight) / exposure
	return mean + faith*boldness*math.Sqrt(mean/exposure)
}

// knowledge is what is estimated of a channel.
type knowledge struct {
	stations rate // stations that begin to send, per second
	bsss     rate // beacons per beacon interval: BSSs
	interest rate // frames of interest per second

	// unheard is for how many seconds' worth of beginnings there are stations,
	// on average, that send now and have not been heard; until is when that was.
	unheard float64
	until   time.Duration
}

// hear takes in what was heard from one time to another, since the planner's start.
func (k *knowledge) hear(from, to time.Duration, h *Heard) {
	from = max(from, k.until) // two adapters at once, or one that says it twice
	length := max(0, to-from).Seconds()
	k.unheard = stationOn + (k.unheard-stationOn)*math.Exp((k.until-from).Seconds()/stationOn)
	k.until = max(k.until, to)
	hit := 1 - math.Exp(-stationRate*length)
	// Of those that send at the start, and of those that begin meanwhile.
	exposure := hit*k.unheard + length - hit/stationRate
	k.unheard += length - exposure
	k.stations.add(float64(h.Stations), exposure)
	k.bsss.add(float64(max(h.Beacons, h.BSSs)), length/beaconInterval.Seconds())
	k.interest.add(float64(h.Interest), length)
}

// alarm is for how many BSSs more the channel is worth watching for attacks,
// because of what happened on it lately.
func (k *knowledge) alarm() float64 {
	return min(alarming*math.Sqrt(k.interest.count/(k.interest.exposure+1)), alarmed)
}

func (k *knowledge) fade(factor, fast float64) {
	k.stations.fade(factor)
	k.bsss.fade(factor)
	k.interest.fade(fast)
}

// worth is what a visit is expected to bring that waiting would not bring as well:
// with V the expected yield of a visit after a gap g that is kept from then on,
// V − g·V′(g). At the best plan under a limited time this, per second of time
// that a visit costs, is the same for all channels (Lagrange), so the channel
// where it is greatest is due. hit is the chance that a visit hears a sender that
// is there; gap and on are in seconds.
func worth(gap, on, hit float64) float64 {
	x := gap / on
	y := math.Exp(-x)
	miss := 1 - (1-hit)*y
	return on * hit * ((1-y)/miss - x*hit*y/(miss*miss))
}

// bestDwell is the length of a visit that hears most senders per time, when a
// change of channel costs s seconds: the y/r at which the marginal yield
// r·exp(−y) equals the mean yield (1 − exp(−y))/(y/r + s).
func bestDwell(cost time.Duration) time.Duration {
	want := stationRate * cost.Seconds()
	y := math.Sqrt(2 * want) // of exp(y) − 1 − y = want
	for range 8 {
		y -= (math.Exp(y) - 1 - y - want) / max(math.Exp(y)-1, 1e-9)
	}
	return time.Duration(y / stationRate * float64(time.Second))
}
