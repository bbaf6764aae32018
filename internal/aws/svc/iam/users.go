package iam

import (
	"slices"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

func userShape(u *identity.User, full bool) *api.User {
	out := &api.User{Path: u.Path, UserName: u.Name, UserId: u.ID, Arn: u.ARN, CreateDate: u.Created}
	if full {
		out.Tags, out.PermissionsBoundary = tagShapes(u.Tags), boundaryShape(u.Boundary)
	}
	return out
}

func (s *Service) createUser(_ *wire.Call, in *api.CreateUserRequest) (*api.CreateUserResponse, error) {
	o, err := s.newOwner(identity.PrefixUser, in.UserName, in.Path, in.Tags, in.PermissionsBoundary)
	if err != nil {
		return nil, err
	}
	u := &identity.User{Owner: o}
	err = s.ids.Change(func(ch *identity.Change) error {
		if s.ids.Taken(true, u.Name) {
			return exists("User with name %s already exists.", u.Name)
		}
		ch.PutUser(u)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.CreateUserResponse{User: userShape(u, true)}, nil
}

// self is the user a request names, or the one who makes it.
func self(c *wire.Call, name *string) (string, error) {
	switch {
	case name != nil:
		return *name, nil
	case c.Principal.UserName != "":
		return c.Principal.UserName, nil
	}
	return "", rejected("Must specify userName when calling with non-User credentials")
}

func (s *Service) getUser(c *wire.Call, in *api.GetUserRequest) (*api.GetUserResponse, error) {
	if in.UserName == nil && c.Principal.Root {
		p := c.Principal
		return &api.GetUserResponse{User: &api.User{Path: "/", UserId: p.UserID, Arn: p.ARN, CreateDate: s.ids.RootKey().Created}}, nil
	}
	name, err := self(c, in.UserName)
	if err != nil {
		return nil, err
	}
	u, err := s.user(name)
	if err != nil {
		return nil, err
	}
	return &api.GetUserResponse{User: userShape(u, true)}, nil
}

func (s *Service) listUsers(_ *wire.Call, in *api.ListUsersRequest) (*api.ListUsersResponse, error) {
	all := slices.DeleteFunc(s.ids.Users(), func(u *identity.User) bool { return !under(u.Path, in.PathPrefix) })
	users, more, marker, err := page(all, func(u *identity.User) string { return u.Name }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &api.ListUsersResponse{Users: []api.User{}, IsTruncated: more, Marker: marker}
	for _, u := range users {
		out.Users = append(out.Users, *userShape(u, false))
	}
	return out, nil
}

func (s *Service) updateUser(_ *wire.Call, in *api.UpdateUserRequest) (*api.UpdateUserOutput, error) {
	err := s.ids.Change(func(ch *identity.Change) error {
		old, err := s.user(in.UserName)
		if err != nil {
			return err
		}
		u := old.Clone()
		if in.NewPath != nil {
			u.Path = *in.NewPath
		}
		if in.NewUserName != nil && *in.NewUserName != u.Name {
			if other, taken := s.ids.User(*in.NewUserName); taken || s.ids.Taken(true, *in.NewUserName) && other != old {
				return exists("User with name %s already exists.", *in.NewUserName)
			}
			ch.DeleteUser(u.Name)
			u.Name = *in.NewUserName
		}
		ch.PutUser(u)
		return nil
	})
	return &api.UpdateUserOutput{}, err
}

func (s *Service) deleteUser(_ *wire.Call, in *api.DeleteUserRequest) (*api.DeleteUserOutput, error) {
	err := s.ids.Change(func(ch *identity.Change) error {
		u, err := s.user(in.UserName)
		if err != nil {
			return err
		}
		if len(u.Keys) > 0 {
			return conflict("Cannot delete entity, must delete access keys first.")
		}
		if err := mayDelete(&u.Owner); err != nil {
			return err
		}
		ch.DeleteUser(u.Name)
		return nil
	})
	return &api.DeleteUserOutput{}, err
}

// mayDelete refuses to delete who still has policies.
func mayDelete(o *identity.Owner) error {
	switch {
	case len(o.Attached) > 0:
		return conflict("Cannot delete entity, must detach all policies first.")
	case len(o.Inline) > 0:
		return conflict("Cannot delete entity, must delete policies first.")
	}
	return nil
}

func (s *Service) listGroupsForUser(_ *wire.Call, in *api.ListGroupsForUserRequest) (*api.ListGroupsForUserResponse, error) {
	if _, err := s.user(in.UserName); err != nil {
		return nil, err
	}
	return &api.ListGroupsForUserResponse{Groups: []api.Group{}, IsTruncated: new(false)}, nil
}
