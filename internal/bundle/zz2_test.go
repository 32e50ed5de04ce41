package bundle
import ("testing";"strings";"fmt";"time";"os")
func TestY(t *testing.T) {
	n := 0
	fmt.Sscan(os.Getenv("ZN"), &n)
	for k, text := range map[string]string{"with": "'use strict';"+strings.Repeat("with(a);", n), "oct": "'use strict';"+strings.Repeat("010;", n), "octl": "'use strict';"+strings.Repeat("010;\n", n), "objkeys": "x={"+strings.Repeat("a:1,", n)+"}"} {
		t0 := time.Now()
		parses(text)
		fmt.Println(k, len(text), time.Since(t0).Round(time.Millisecond))
	}
}
