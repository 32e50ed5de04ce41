package confirm

import (
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// why is what a tier means to a person.
func why(t writedoor.Tier) string {
	says := map[writedoor.Tier]string{
		writedoor.SiteCode: "it runs for everybody, or decides what does", writedoor.DefaultGadget: "it runs for everybody until they switch it off",
		writedoor.RawHTML: "the message is shown as HTML", writedoor.RightsTier: "it changes who may do what", writedoor.ImportTier: "it may bring pages of any name",
		writedoor.Gadget: "it runs for whoever chose the gadget", writedoor.OthersCode: "it runs for another person", writedoor.SiteJSON: "scripts read it",
		writedoor.CredentialsTier: "it changes how an account is entered", writedoor.Unknown: "nobody here understands this request",
		writedoor.UnblockSelf: "it takes back a block of one's own", writedoor.Definition: "it defines a gadget", writedoor.Script: "it is a script",
		writedoor.Interface: "it is a page of the wiki's interface", writedoor.OwnCode: "it runs for who changes it", writedoor.MassTier: "it changes many pages at once",
		writedoor.DeletionTier: "it deletes", writedoor.ProtectionTier: "it changes who may edit a page", writedoor.OptionsTier: "it may switch gadgets on",
	}[t]
	if says == "" {
		return string(t)
	}
	return says + " (" + string(t) + ")"
}

// stands is what a state means to a person.
func stands(s store.State) string {
	says := map[store.State]string{
		store.Parked: "waits for approval", store.Approved: "approved, and not made yet", store.Sending: "being sent to the wiki", store.Done: "made",
		store.Rejected: "rejected", store.Reported: "reported as not its owner's", store.Failed: "not made", store.Unclear: "unclear",
	}[s]
	if says == "" {
		return string(s)
	}
	return says
}
