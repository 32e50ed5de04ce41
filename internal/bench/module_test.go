package bench

import (
	"net/http/httptest"
	"testing"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki/mediawikitest"
)

var acceptGzip = []string{"Accept-Encoding", "gzip, deflate, br, zstd"}

// A gadget's module that has been asked for before, against a file of the same bytes.
func BenchmarkSallyportWarmModule(b *testing.B) {
	w := fakewiki.New(fakewiki.Options{Lang: "en"})
	w.AddUser("Mara", "password of Mara")
	for title, text := range map[string]string{
		"User:Mara/bench.js": gadgetScript(), "User:Mara/bench-data.json": gadgetData, "User:Mara/bench.gadget": gadgetJSON,
	} {
		if _, err := w.Save(title, text, "Mara", "bench"); err != nil {
			b.Fatal(err)
		}
	}
	back := httptest.NewServer(w)
	b.Cleanup(back.Close)
	ours := serve(b, back.URL, "/w")
	module := moduleURL(b, ours, "User:Mara/bench")
	h, plain := fetch(b, module, nil)
	mustContain(b, module, plain, gadgetMark)
	_, gzipped := fetch(b, module, acceptGzip)
	theirs, file := nginx(b, h.Get("Content-Type"), h.Get("Cache-Control"), plain, gzipped)

	r := begin(b, "Warm module: one gadget's module of %d bytes (%d compressed), against nginx with a file of the same bytes; %d connections",
		len(plain), len(gzipped), connections)
	for _, way := range []struct {
		what, metric string
		header       []string
		bytes        string
	}{{"as it is", "x-nginx", nil, plain}, {"compressed", "x-nginx-gzip", acceptGzip, gzipped}} {
		for _, url := range []string{module, file} {
			if _, body := fetch(b, url, way.header); body != way.bytes {
				b.Fatalf("%s, %s: other bytes", url, way.what)
			}
		}
		results := race(b,
			contestant{"sallyport, " + way.what, module, way.header, ours, 2},
			contestant{"nginx, " + way.what, file, way.header, theirs, 2})
		r.rows(results)
		r.ratio("warm module vs nginx, same bytes "+way.what+", req/s", way.metric, results[0].perSecond.to(results[1].perSecond), "≥ 0.5")
		r.ratio("CPU per request", way.metric+"-cpu", results[0].cpu.to(results[1].cpu), "")
	}
	r.print()
}

// The same gadget, as a user gadget behind Sallyport and as a site gadget of the MediaWiki it stands in front of.
func BenchmarkSallyportWarmModuleBesideMediaWiki(b *testing.B) {
	w := mediawikitest.Start(b, mediawikitest.Options{})
	w.AddUser("Mara", "the password of Mara")
	w.Edit("Mara", "User:Mara/bench.js", gadgetScript())
	w.Edit("Mara", "User:Mara/bench-data.json", gadgetData)
	w.Edit("Mara", "User:Mara/bench.gadget", gadgetJSON)
	w.Edit("Admin", "MediaWiki:Gadget-bench.js", gadgetScript())
	w.Edit("Admin", "MediaWiki:Gadget-bench-data.json", gadgetData)
	w.Edit("Admin", "MediaWiki:Gadgets-definition", siteGadget)
	ours := serve(b, w.URL, "")
	module := moduleURL(b, ours, "User:Mara/bench")
	theirs := versioned(b, w.URL+"/load.php?lang=en&modules=ext.gadget.bench&skin=vector")
	for _, url := range []string{module, theirs} {
		_, body := fetch(b, url, nil)
		mustContain(b, url, body, gadgetMark)
	}

	r := begin(b, "Warm module beside MediaWiki: one gadget of %d bytes of source, against the wiki's own load.php; %d connections",
		len(gadgetScript())+len(gadgetData), connections)
	results := race(b,
		contestant{"sallyport, user gadget", module, nil, ours, 2},
		contestant{"MediaWiki 1.39, site gadget (4 PHP workers)", theirs, nil, nil, 4})
	r.rows(results)
	r.ratio("warm module vs MediaWiki's load.php, req/s", "x-mediawiki", results[0].perSecond.to(results[1].perSecond), "≥ 100")
	r.print()
}
