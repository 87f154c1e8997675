package scenarios

func (b *builder) warnings() {}
