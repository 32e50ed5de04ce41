package browser

import (
	"path/filepath"
	"strings"
)

// What the browser has without being told.
const (
	ownLocale   = "en-US"
	ownTimezone = "UTC"
)

// switches are the browser's command line.
func switches(l launch, profile string) []string {
	args := []string{
		"--remote-debugging-pipe",
		"--user-data-dir=" + filepath.Join(profile, "data"),
		// Nothing leaves but through the proxy of a context; what belongs to none finds a closed port.
		"--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*",
		"--force-webrtc-ip-handling-policy=disable_non_proxied_udp", // headless shell's spelling
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",       // full Chrome's
		"--disable-quic",
		"--ignore-certificate-errors-spki-list=" + l.spki,
		// Nothing of its own.
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-breakpad", "--disable-crash-reporter",
		"--disable-client-side-phishing-detection", "--disable-domain-reliability", "--metrics-recording-only", "--mute-audio",
		"--password-store=basic", "--use-mock-keychain", "--disable-gpu",
		// Scripts meet the browser a person has, and nothing slows down what is out of sight.
		"--disable-blink-features=AutomationControlled", "--disable-popup-blocking", "--disable-hang-monitor",
		"--disable-renderer-backgrounding", "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
		"--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication",
		"--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4", // a mouse, which few servers have
		"--force-color-profile=srgb", "--lang=" + ownLocale, "--hide-scrollbars",
	}
	if !strings.HasSuffix(filepath.Base(l.path), "headless-shell") {
		args = append(args, "--headless=new")
	}
	if !l.sandbox {
		args = append(args, "--no-sandbox")
	}
	return append(args, l.arguments...)
}

// environment keeps the browser from the person's settings, buses and folders.
func environment(profile string) []string {
	return []string{
		"HOME=" + profile, "TMPDIR=" + profile, "XDG_CONFIG_HOME=" + profile, "XDG_CACHE_HOME=" + profile, "XDG_RUNTIME_DIR=" + profile,
		"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=" + ownTimezone,
	}
}
