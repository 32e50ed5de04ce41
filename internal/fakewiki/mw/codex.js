// Codex, as far as scripts see it: components under the names of the real ones, which are plain fields and buttons here.
const { h } = require( 'vue' );
const field = ( tag, type ) => ( {
	inheritAttrs: false,
	props: [ 'modelValue', 'inputType', 'menuItems', 'selected', 'inputValue', 'inputLabel' ],
	emits: [ 'update:modelValue', 'update:selected', 'input', 'change' ],
	setup: ( props, { emit, attrs, slots } ) => () => {
		const box = type === 'checkbox' || type === 'radio';
		const told = ( e ) => {
			const value = box ? ( type === 'radio' ? props.inputValue : e.target.checked ) : e.target.value;
			emit( 'update:modelValue', value );
			emit( 'update:selected', value );
		};
		const items = ( props.menuItems || [] ).map( ( o ) => h( 'option', { value: o.value }, o.label || o.value ) );
		const own = Object.assign( {}, attrs, box ? { checked: Boolean( props.modelValue ) } : { value: props.modelValue }, {
			type: tag === 'input' ? type || props.inputType || 'text' : undefined,
			onInput: ( e ) => {
				told( e );
				emit( 'input', e );
			},
			onChange: ( e ) => {
				told( e );
				emit( 'change', e );
			}
		} );
		return h( box ? 'label' : 'div', { class: 'cdx-' + ( type || tag ) }, [ h( tag, own, tag === 'select' ? items : undefined ), slots.default && slots.default() ] );
	}
} );
const all = ( slots ) => Object.keys( slots ).map( ( name ) => slots[ name ]( {} ) );
const box = ( tag, name ) => ( { setup: ( props, { slots } ) => () => h( tag, { class: 'cdx-' + name }, all( slots ) ) } );
const fields = {
	CdxTextInput: field( 'input' ), CdxSearchInput: field( 'input' ), CdxTypeaheadSearch: field( 'input' ), CdxLookup: field( 'input' ), CdxCombobox: field( 'input' ), CdxChipInput: field( 'input' ),
	CdxTextArea: field( 'textarea' ), CdxSelect: field( 'select' ), CdxCheckbox: field( 'input', 'checkbox' ), CdxToggleSwitch: field( 'input', 'checkbox' ), CdxRadio: field( 'input', 'radio' ),
	CdxButton: box( 'button', 'button' ), CdxToggleButton: box( 'button', 'toggle-button' ), CdxLink: box( 'a', 'link' ), CdxLabel: box( 'label', 'label' ), CdxField: box( 'fieldset', 'field' ),
	CdxDialog: {
		props: [ 'open', 'title', 'primaryAction', 'defaultAction' ],
		emits: [ 'update:open', 'primary', 'default' ],
		setup: ( props, { emit, slots } ) => () => props.open ? h( 'div', { class: 'cdx-dialog', role: 'dialog' }, [
			h( 'h2', props.title ), all( slots ),
			props.primaryAction && h( 'button', { onClick: () => emit( 'primary' ) }, props.primaryAction.label ),
			props.defaultAction && h( 'button', { onClick: () => emit( 'default' ) }, props.defaultAction.label )
		] ) : null
	}
};
module.exports = new Proxy( fields, {
	get: ( known, name ) => known[ name ] || ( typeof name === 'string' && name.startsWith( 'Cdx' ) ? ( known[ name ] = box( 'div', name.slice( 3 ).toLowerCase() ) ) : undefined )
} );
