package iam

import (
	"slices"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

// keysPerUser is IAM's quota.
const keysPerUser = 2

func (s *Service) createAccessKey(c *wire.Call, in *api.CreateAccessKeyRequest) (*api.CreateAccessKeyResponse, error) {
	name, err := self(c, in.UserName)
	if err != nil {
		return nil, err
	}
	key, err := s.ids.NewAccessKey(identity.PrefixKey)
	if err != nil {
		return nil, err
	}
	err = s.changeUser(name, func(u *identity.User) error {
		if len(u.Keys) >= keysPerUser {
			return exceeded("Cannot exceed quota for AccessKeysPerUser: %d", keysPerUser)
		}
		u.Keys = append(u.Keys, key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.CreateAccessKeyResponse{AccessKey: &api.AccessKey{UserName: name, AccessKeyId: key.ID, Status: key.Status,
		SecretAccessKey: key.Secret, CreateDate: &key.Created}}, nil
}

func (s *Service) listAccessKeys(c *wire.Call, in *api.ListAccessKeysRequest) (*api.ListAccessKeysResponse, error) {
	keys, name := []identity.AccessKey{s.ids.RootKey()}, ""
	if in.UserName != nil || !c.Principal.Root {
		var err error
		if name, err = self(c, in.UserName); err != nil {
			return nil, err
		}
		u, err := s.user(name)
		if err != nil {
			return nil, err
		}
		keys = slices.SortedFunc(slices.Values(u.Keys), func(a, b identity.AccessKey) int {
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
	}
	keys, more, marker, err := page(keys, func(k identity.AccessKey) string { return k.ID }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &api.ListAccessKeysResponse{AccessKeyMetadata: []api.AccessKeyMetadata{}, IsTruncated: more, Marker: marker}
	for _, k := range keys {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, api.AccessKeyMetadata{UserName: opt(name), AccessKeyId: &k.ID, Status: &k.Status, CreateDate: &k.Created})
	}
	return out, nil
}

// changeKey does f with a key of a user.
func (s *Service) changeKey(c *wire.Call, name *string, id string, f func(u *identity.User, at int)) error {
	user, err := self(c, name)
	if err != nil {
		return err
	}
	return s.changeUser(user, func(u *identity.User) error {
		at := slices.IndexFunc(u.Keys, func(k identity.AccessKey) bool { return k.ID == id })
		if at < 0 {
			return notFound("The Access Key with id %s cannot be found.", id)
		}
		f(u, at)
		return nil
	})
}

func (s *Service) updateAccessKey(c *wire.Call, in *api.UpdateAccessKeyRequest) (*api.UpdateAccessKeyOutput, error) {
	if in.Status == api.StatusTypeExpired {
		return nil, rejected("Status: a key cannot be set to Expired; use Active or Inactive")
	}
	err := s.changeKey(c, in.UserName, in.AccessKeyId, func(u *identity.User, at int) { u.Keys[at].Status = in.Status })
	return &api.UpdateAccessKeyOutput{}, err
}

func (s *Service) deleteAccessKey(c *wire.Call, in *api.DeleteAccessKeyRequest) (*api.DeleteAccessKeyOutput, error) {
	err := s.changeKey(c, in.UserName, in.AccessKeyId, func(u *identity.User, at int) { u.Keys = slices.Delete(u.Keys, at, at+1) })
	return &api.DeleteAccessKeyOutput{}, err
}

func (s *Service) getAccessKeyLastUsed(_ *wire.Call, in *api.GetAccessKeyLastUsedRequest) (*api.GetAccessKeyLastUsedResponse, error) {
	u, ok := s.ids.KeyOwner(in.AccessKeyId)
	if !ok {
		return nil, notFound("The Access Key with id %s cannot be found.", in.AccessKeyId)
	}
	out := &api.GetAccessKeyLastUsedResponse{AccessKeyLastUsed: &api.AccessKeyLastUsed{ServiceName: "N/A", Region: "N/A"}}
	if u != nil {
		out.UserName = &u.Name
	}
	if last, ok := s.ids.LastUsed(in.AccessKeyId); ok {
		out.AccessKeyLastUsed = &api.AccessKeyLastUsed{LastUsedDate: &last.At, ServiceName: last.Service, Region: last.Region}
	}
	return out, nil
}
