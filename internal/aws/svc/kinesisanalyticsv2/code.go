package kinesisanalyticsv2

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

// The limits of code.
const (
	maxCode = 512 << 20
	maxText = 102_400
)

// checkRole asks whether the caller may pass the role and the service may assume it.
func (s *Service) checkRole(c *wire.Call, name, role string) (Credentials, error) {
	if err := c.MayPassRole(role, Principal); err != nil {
		return Credentials{}, err
	}
	cred, _, err := s.Roles.AssumeRole(c, role, Principal, name, appARN(c, name))
	if err != nil {
		return cred, invalid("Kinesis Analytics service doesn't have sufficient privileges to assume the role %s: %s", role, reason(err))
	}
	return cred, nil
}

// reason is an error's message without its code.
func reason(err error) string {
	var e *wire.Error
	if errors.As(err, &e) && e.Message != "" {
		return e.Message
	}
	return err.Error()
}

// createdCode keeps the code of a new application.
func (s *Service) createdCode(c *wire.Call, cred Credentials, in *api.ApplicationCodeConfiguration) (*control.Code, error) {
	if in == nil {
		return nil, nil
	}
	content := value(in.CodeContent, api.CodeContent{})
	code := &control.Code{Type: in.CodeContentType, Text: value(content.TextContent, "")}
	if l := content.S3ContentLocation; l != nil {
		code.BucketARN, code.Key, code.ObjectVersion = l.BucketARN, l.FileKey, value(l.ObjectVersion, "")
	}
	return code, s.fetch(c, cred, code, content.ZipFileContent)
}

// updatedCode is the code after an update: what is not said stays, and what is in
// S3 is read anew.
func (s *Service) updatedCode(c *wire.Call, cred Credentials, old *control.Code, in *api.ApplicationCodeConfigurationUpdate) (*control.Code, error) {
	code := value(old, control.Code{})
	code.Type = value(in.CodeContentTypeUpdate, code.Type)
	content := value(in.CodeContentUpdate, api.CodeContentUpdate{})
	if content.TextContentUpdate != nil || content.ZipFileContentUpdate != nil {
		code.Text = value(content.TextContentUpdate, "")
		code.BucketARN, code.Key, code.ObjectVersion = "", "", ""
	}
	if l := content.S3ContentLocationUpdate; l != nil {
		code.Text = ""
		if l.BucketARNUpdate != nil || l.FileKeyUpdate != nil {
			code.ObjectVersion = "" // it was another object's
		}
		code.BucketARN, code.Key = value(l.BucketARNUpdate, code.BucketARN), value(l.FileKeyUpdate, code.Key)
		code.ObjectVersion = value(l.ObjectVersionUpdate, code.ObjectVersion)
	}
	if in.CodeContentUpdate == nil {
		return &code, nil
	}
	code.Blob = control.Blob{}
	return &code, s.fetch(c, cred, &code, content.ZipFileContentUpdate)
}

// fetch checks that code is whole and keeps its file.
func (s *Service) fetch(c *wire.Call, cred Credentials, code *control.Code, zip []byte) error {
	given := 0
	for _, is := range []bool{code.Text != "", len(zip) > 0, code.BucketARN != "" || code.Key != ""} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return invalid("CodeContent must have exactly one of TextContent, ZipFileContent and S3ContentLocation.")
	case code.Text != "" && code.Type != api.CodeContentTypePlaintext:
		return invalid("TextContent is for CodeContentType PLAINTEXT, not %s.", code.Type)
	case len(zip) > 0 && code.Type != api.CodeContentTypeZipfile:
		return invalid("ZipFileContent is for CodeContentType ZIPFILE, not %s.", code.Type)
	case len(code.Text) > maxText:
		return invalid("TextContent is longer than %d bytes.", maxText)
	case code.Text != "":
		return nil
	case len(zip) > 0:
		return s.save(code, bytes.NewReader(zip), int64(len(zip)))
	}
	bucket := code.BucketARN[strings.LastIndexByte(code.BucketARN, ':')+1:]
	body, size, err := s.Objects.Open(c, cred, bucket, code.Key, code.ObjectVersion)
	if err != nil {
		return invalid("Please check the role provided or validity of S3 location you provided. We are unable to get the specified fileKey: %s in the specified bucket: %s: %s",
			code.Key, bucket, reason(err))
	}
	err = s.save(code, body, size)
	if cerr := body.Close(); err == nil {
		err = cerr
	}
	return err
}

// save keeps a file of code.
func (s *Service) save(code *control.Code, r io.Reader, size int64) error {
	if size > maxCode {
		return wire.Errorf("CodeValidationException", "The code has %d bytes; the most is %d.", size, maxCode)
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the code: %w", err)
	}
	if code.Type == api.CodeContentTypeZipfile && !bytes.HasPrefix(head[:n], []byte("PK")) {
		return wire.Errorf("CodeValidationException", "The code is not a zip file.")
	}
	code.Blob, err = s.Control.SaveCode(io.MultiReader(bytes.NewReader(head[:n]), r))
	return err
}
