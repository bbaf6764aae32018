package fn

// momentTexts are the conversions between moments and text: DATE_FORMAT, TO_TIMESTAMP.
func momentTexts() []*Def { return nil }
