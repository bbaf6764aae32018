package sts

import (
	"time"

	api "weir/internal/aws/api/sts"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

func (s *Service) getSessionToken(c *wire.Call, in *api.GetSessionTokenRequest) (*api.GetSessionTokenResponse, error) {
	g, err := s.Identities.Granted(c.Principal)
	if err != nil {
		return nil, err
	}
	if g.Temporary != nil {
		return nil, wire.Errorf("AccessDenied", "Cannot call GetSessionToken with session credentials")
	}
	if in.SerialNumber != nil || in.TokenCode != nil {
		return nil, wire.Errorf("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
	}
	x := &identity.Session{Name: "session"}
	d, most := 12*time.Hour, 36*time.Hour
	if c.Principal.Root {
		d, most = time.Hour, time.Hour
	} else {
		x.UserID, x.UserName = c.Principal.UserID, c.Principal.UserName
	}
	if in.DurationSeconds != nil {
		d = min(time.Duration(*in.DurationSeconds)*time.Second, most)
	}
	x.Expires = s.Clock.Now().Add(d).Truncate(time.Second)
	if err := s.Identities.NewSession(x); err != nil {
		return nil, err
	}
	return &api.GetSessionTokenResponse{Credentials: credentials(x)}, nil
}
