package auth

import "strings"

// common reports whether a password is made of what attackers try first: one
// character or a short piece again and again, a walk over the keyboard or the
// alphabet, or a well-known word or the user's name filled up with digits.
func common(password, name string) bool {
	p := strings.ToLower(password)
	for n := 1; n <= 4; n++ {
		if repeats(p, n) {
			return true
		}
	}
	rest := strings.Trim(p, "0123456789!?.-_ ")
	if rest == "" || rest == strings.ToLower(name) {
		return true
	}
	for _, walk := range [...]string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"} {
		if len(rest) >= 6 && strings.Contains(walk+walk, rest) || strings.Contains(walk, p) {
			return true
		}
	}
	for _, word := range [...]string{
		"password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "passwordpassword", "administrator", "letmein", "letmeinplease", "welcome",
		"changeme", "changemenow", "iloveyou", "picket", "picketpicket", "qwertyqwerty", "correcthorsebatterystaple", "correct horse battery staple",
		"monkey", "dragon", "football", "baseball", "superman", "trustno1", "sunshine", "princess", "administrator", "defaultpassword", "secret",
		"supersecret", "topsecret", "network", "wireless", "hallo", "willkommen",
	} {
		if rest == word {
			return true
		}
	}
	return false
}

// repeats reports whether p is its first n octets again and again.
func repeats(p string, n int) bool {
	if len(p) < 2*n {
		return false
	}
	for i := n; i < len(p); i++ {
		if p[i] != p[i-n] {
			return false
		}
	}
	return true
}
